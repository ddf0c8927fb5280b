#!/usr/bin/perl
# Write a workbook with Spreadsheet::WriteExcel: perl writeexcel.pl CELLS OUTPUT
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cells;
use Spreadsheet::WriteExcel;

my ($cells, $output) = @ARGV;
Cells::write_all(Spreadsheet::WriteExcel->new($output), $cells);
