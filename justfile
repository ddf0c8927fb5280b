# The commands of a contributor. `just` lists them.

set windows-shell := ["powershell.exe", "-NoLogo", "-Command"]

# With lxml, which tests/producers installs, openpyxl would write every generated workbook differently.
export OPENPYXL_LXML := "False"

_list:
    @just --list

# The default tests, in three minutes
test *options:
    pytest {{ options }}

# The default and the second tier, in ten minutes
all *options:
    pytest -m "not long" {{ options }}

# Format, lint, types and import contracts
check:
    pre-commit run --all-files

# Catalogues, templates, samples and generated documentation
generate:
    python importer/base/locale/update.py
    python docs/generate.py
    python samples/make_samples.py

# Fail if the program became slower by a third
bench:
    python -m bench --guard
