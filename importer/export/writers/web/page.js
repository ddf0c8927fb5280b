"use strict";
(() => {
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  // What a cell shows, and a number also without the spaces between its thousands.
  const searched = (cell) => `${cell.textContent}\n${cell.dataset.value ?? ""}`;
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  for (const section of document.querySelectorAll(".searchable")) {
    const body = section.querySelector("tbody");
    const rows = [...body.rows];
    const texts = rows.map((row) => plain([...row.cells].map(searched).join("\n")));
    const input = section.querySelector("input");
    const output = section.querySelector("output");

    const search = () => {
      const words = plain(input.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, at) => {
        row.hidden = !words.every((word) => texts[at].includes(word));
        shown += !row.hidden;
      });
      output.textContent = section.dataset.counted.replace("{shown}", shown).replace("{all}", rows.length);
    };
    input.addEventListener("input", search);
    section.querySelector(".search").hidden = false;
    search();

    const headers = [...section.querySelectorAll("thead th")];
    headers.forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        const down = header.getAttribute("aria-sort") === "ascending";
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => row.cells[column].dataset.value;
        const text = (row) => row.cells[column].textContent.trim();
        const compare = (a, b) =>
          value(a) !== undefined && value(b) !== undefined
            ? value(a) - value(b)
            : collator.compare(text(a), text(b));
        const blank = (row) => text(row) === "";
        // Blank cells stay last, whichever way round.
        const sorted = [...rows].sort((a, b) =>
          blank(a) !== blank(b) ? blank(a) - blank(b) : down ? compare(b, a) : compare(a, b));
        body.append(...sorted);
      });
    });
  }
})();
