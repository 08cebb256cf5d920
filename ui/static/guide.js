// Questions to choose from, everywhere on the page; those for a role; and the tour, which remembers what has been read.
(() => {
  const texts = window.rusTexts;
  const ROLE = 'rus-roll', READ = 'rus-rundtur';
  let send = () => {};
  window.rusQuestions = (trigger) => { send = trigger; };
  window.rusAsk = (question) => send(question, true);

  const read = () => {
    try {
      return new Set(JSON.parse(localStorage.getItem(READ) ?? '[]'));
    } catch {
      return new Set();
    }
  };

  const choose = (role) => {
    const group = document.querySelector('.rus-roles');
    const known = group?.querySelector(`[data-role="${role}"]`) ? role : 'all';
    for (const button of group?.querySelectorAll('[data-role]') ?? []) {
      button.setAttribute('aria-pressed', String(button.dataset.role === known));
    }
    for (const some of document.querySelectorAll('#rus-questions [data-for]')) some.hidden = some.dataset.for !== known;
  };

  const mark = () => {
    const tour = document.querySelector('.rus-tour');
    if (!tour) return;
    const done = read(), buttons = [...tour.querySelectorAll('[data-question]')];
    for (const button of buttons) {
      const is = done.has(button.dataset.question);
      button.classList.toggle('rus-done', is);
      if (is && !button.querySelector('.rus-tick')) {
        const tick = document.createElement('span');
        tick.className = 'rus-tick';
        tick.textContent = texts.tour_read;
        button.append(tick);
      } else if (!is) button.querySelector('.rus-tick')?.remove();
    }
    const count = buttons.filter((button) => done.has(button.dataset.question)).length;
    const line = texts.tour_count.replace('{read}', count).replace('{count}', buttons.length);
    const told = tour.querySelector('.rus-tour-count');
    if (told.textContent !== line) told.textContent = line;
    tour.querySelector('[data-tour-again]').hidden = count === 0;
  };

  document.addEventListener('click', (event) => {
    const role = event.target.closest('[data-role]'), button = event.target.closest('button[data-question]');
    if (role) {
      localStorage.setItem(ROLE, role.dataset.role);
      choose(role.dataset.role);
    }
    if (event.target.closest('[data-tour-again]')) {
      localStorage.removeItem(READ);
      mark();
    }
    if (!button) return;
    if (button.closest('.rus-tour')) {
      localStorage.setItem(READ, JSON.stringify([...read().add(button.dataset.question)]));
      mark();
    }
    const elsewhere = !button.closest('#rus-questions');
    if (elsewhere) window.rusTab('ask');
    send(button.dataset.question, elsewhere);
  });

  // Called when the page has changed.
  let shown = null;
  window.rusGuide = () => {
    const group = document.querySelector('.rus-roles');
    if (group !== shown) choose(localStorage.getItem(ROLE) ?? 'all');
    shown = group;
    mark();
  };
})();
