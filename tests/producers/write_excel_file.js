// Write a workbook with write-excel-file: node write_excel_file.js CELLS OUTPUT
"use strict";
const writeXlsxFile = require("write-excel-file/node").default ?? require("write-excel-file/node");
const { readSheets } = require("./cells.js");

const [cells, output] = process.argv.slice(2);

function cell(value) {
  if (value === null) return null;
  return value instanceof Date ? { value, type: Date, format: "yyyy-mm-dd" } : { value };
}
const sheets = readSheets(cells).map(([name, rows]) => {
  const width = Math.max(...rows.map((row) => row.length));
  const data = rows.map((row) => Array.from({ length: width }, (_, at) => cell(row[at] ?? null)));
  return { sheet: name, data };
});
writeXlsxFile(sheets).toFile(output);
