// Read the cells that a workbook is to have, as `producer_rows.py` describes them.
"use strict";
const { readFileSync } = require("node:fs");

const VALUES = {
  text: (text) => text,
  number: Number,
  boolean: (text) => text === "true",
  date: (text) => new Date(`${text}T00:00:00`), // midnight here, as people write dates
};

// The sheets in order, each a name and its rows; a blank cell is null, and a blank row is [].
exports.readSheets = (path) => {
  const sheets = new Map();
  for (const line of readFileSync(path, "utf-8").split("\n").filter(Boolean)) {
    const [name, row, column, kind, text] = line.split("\t");
    if (!sheets.has(name)) sheets.set(name, []);
    const rows = sheets.get(name);
    while (rows.length < Number(row)) rows.push([]);
    const cells = rows[row - 1];
    while (cells.length < Number(column)) cells.push(null);
    cells[column - 1] = VALUES[kind](text);
  }
  return [...sheets];
};
