// Write a workbook with ExcelJS: node exceljs.js CELLS OUTPUT [stream]
"use strict";
const { mkdirSync } = require("node:fs");
const { join } = require("node:path");
const ExcelJS = require("exceljs");
const { readSheets } = require("./cells.js");

const [cells, output, variant] = process.argv.slice(2);

function fill(workbook) {
  return readSheets(cells).map(([name, rows]) => {
    const sheet = workbook.addWorksheet(name);
    for (const values of rows) {
      const row = sheet.addRow(values);
      row.eachCell((cell) => {
        if (cell.value instanceof Date) cell.numFmt = "yyyy-mm-dd";
      });
    }
    return sheet;
  });
}

async function main() {
  if (variant === "stream") {
    // Strings stand in the cells.
    const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: output, useStyles: true });
    fill(workbook).forEach((sheet) => sheet.commit());
    await workbook.commit();
    return;
  }
  const workbook = new ExcelJS.Workbook();
  fill(workbook);
  if (!output.endsWith(".csv")) {
    await workbook.xlsx.writeFile(output);
    return;
  }
  mkdirSync(output);
  for (const { name } of workbook.worksheets) {
    const options = { sheetName: name, dateFormat: "YYYY-MM-DD", dateUTC: true };
    await workbook.csv.writeFile(join(output, `${name}.csv`), options);
  }
}

main();
