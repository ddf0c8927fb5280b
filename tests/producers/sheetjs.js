// Write a workbook with SheetJS: node sheetjs.js CELLS OUTPUT [BOOK_TYPE [OPTION…]]
"use strict";
const { mkdirSync, writeFileSync } = require("node:fs");
const { extname, join } = require("node:path");
const XLSX = require("xlsx");
const { readSheets } = require("./cells.js");

const [cells, output, bookType, ...options] = process.argv.slice(2);
const dateFormat = { cellDates: true, dateNF: "yyyy-mm-dd" };

const workbook = XLSX.utils.book_new();
for (const [name, rows] of readSheets(cells)) {
  XLSX.utils.book_append_sheet(workbook, XLSX.utils.aoa_to_sheet(rows, dateFormat), name);
}

const oneSheetPerFile = { ".csv": "csv", ".txt": "txt", ".slk": "sylk", ".dif": "dif" };
const textType = oneSheetPerFile[extname(output)];
if (textType) {
  mkdirSync(output);
  for (const name of workbook.SheetNames) {
    const content = XLSX.write(workbook, { bookType: textType, sheet: name, type: "buffer" });
    writeFileSync(join(output, name + extname(output)), content);
  }
} else {
  const chosen = bookType ? { bookType } : {};
  for (const option of options) chosen[option] = true;
  XLSX.writeFile(workbook, output, { compression: true, ...chosen });
}
