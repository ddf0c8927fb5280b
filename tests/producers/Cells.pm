package Cells;    # Write the cells that `producer_rows.py` describes with either Perl library.
use strict;
use warnings;
use utf8;

sub write_all {
    my ($workbook, $path) = @_;
    my $date_format = $workbook->add_format(num_format => 'yyyy-mm-dd');
    my %sheets;
    open my $lines, '<:encoding(UTF-8)', $path or die "$path: $!";
    while (my $line = <$lines>) {
        chomp $line;
        my ($name, $row, $column, $kind, $text) = split /\t/, $line, -1;
        my $sheet = $sheets{$name} //= $workbook->add_worksheet($name);
        my @at = ($row - 1, $column - 1);
        if    ($kind eq 'number') { $sheet->write_number(@at, $text) }
        elsif ($kind eq 'date')   { $sheet->write_date_time(@at, "${text}T", $date_format) }
        elsif ($kind eq 'boolean' && $sheet->can('write_boolean')) { $sheet->write_boolean(@at, $text eq 'true') }
        else  { $sheet->write_string(@at, $kind eq 'boolean' ? uc $text : $text) }
    }
    $workbook->close or die "not written: $!";
}

1;
