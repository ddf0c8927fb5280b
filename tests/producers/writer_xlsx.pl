#!/usr/bin/perl
# Write a workbook with Excel::Writer::XLSX: perl writer_xlsx.pl CELLS OUTPUT [inline]
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cells;
use Excel::Writer::XLSX;

my ($cells, $output, $variant) = @ARGV;
my $workbook = Excel::Writer::XLSX->new($output);
$workbook->set_optimization if ($variant // '') eq 'inline';    # strings stand in the cells
Cells::write_all($workbook, $cells);
