// Tables in answers: every cell knows its column's name (for cards on a phone), heads sort, and long tables are filtered.
(() => {
  const texts = window.rusTexts;
  const LONG = 8;
  const collator = new Intl.Collator(texts.language, {numeric: true});
  const plain = (cell) => (cell?.textContent ?? '').replace(/\[\d+\]/g, '').trim();
  const number = (text) => {
    const digits = text.match(/^[-−]?\d[\d\s\u00a0]*(?:[.,]\d+)?/);
    return digits ? Number(digits[0].replace(/[\s\u00a0]/g, '').replace('−', '-').replace(',', '.')) : NaN;
  };

  // Empty cells stand last, figures by their size, all else by the alphabet.
  const compare = (one, other) => {
    if (!one || !other) return one ? -1 : other ? 1 : 0;
    const size = number(one) - number(other);
    return Number.isNaN(size) ? collator.compare(one, other) : size;
  };

  const sort = (table, column) => {
    const head = table.tHead.rows[0].cells[column];
    const down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => compare(plain(a.cells[column]), plain(b.cells[column])) * (down ? -1 : 1));
    table.tBodies[0].append(...rows);
  };

  const filterField = (table) => {
    const label = document.createElement('label');
    label.className = 'rus-row-filter';
    const field = document.createElement('input');
    field.type = 'search';
    const count = document.createElement('span');
    count.setAttribute('role', 'status');
    label.append(`${texts.filter_rows} `, field);
    field.addEventListener('input', () => {
      const wanted = field.value.trim().toLocaleLowerCase();
      const rows = [...table.tBodies[0].rows];
      for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
      const shown = rows.filter((row) => !row.hidden).length;
      count.textContent = wanted
        ? texts.rows_shown.replace('{shown}', shown).replace('{count}', rows.length) : '';
    });
    const line = document.createElement('div');
    line.append(label, count);
    return line;
  };

  const hideEmptyColumns = (table, heads, rows) => {
    heads.forEach((head, column) => {
      const empty = rows.every((row) => !row.cells[column]?.textContent.trim());
      for (const row of [table.tHead.rows[0], ...rows]) if (row.cells[column]) row.cells[column].hidden = empty;
    });
  };

  const prepare = (table) => {
    table.dataset.ready = 'true';
    const heads = [...table.tHead.rows[0].cells], rows = [...table.tBodies[0].rows];
    heads.forEach((head) => head.setAttribute('scope', 'col'));
    for (const row of rows) {
      [...row.cells].forEach((cell, column) => { cell.dataset.label = plain(heads[column]); });
      row.classList.toggle('rus-wide-row', row.cells.length > 2);
    }
    hideEmptyColumns(table, heads, rows);
    if (rows.length < 3) return;
    heads.forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'rus-sort';
      button.textContent = head.textContent;
      button.title = `${texts.sort_by} ${head.textContent}`;
      button.addEventListener('click', () => sort(table, column));
      head.replaceChildren(button);
    });
    if (rows.length >= LONG) table.before(filterField(table));
  };

  window.rusTables = () => {
    if (document.querySelector('#rus-stop:not(.hidden)')?.offsetParent) return;
    for (const table of document.querySelectorAll('#rus-chat .prose table:not([data-ready])')) {
      if (table.tHead?.rows[0] && table.tBodies[0]) prepare(table);
    }
  };
})();
