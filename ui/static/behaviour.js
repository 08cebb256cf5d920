// The page's own behaviour beside Gradio: the way from a citation to its source and back, and names in the page's language for Gradio's controls, which it names in English.
(() => {
  const texts = window.rusTexts;
  let lastLink = null;

  window.rusSay = (text) => {
    const status = document.querySelector('#rus-status [role=status]');
    if (status) status.textContent = text;
  };
  window.rusTab = (id) => document.querySelector(`#rus-tabs [role=tab][data-tab-id="${id}"]`)?.click();

  // A server that does not answer is told of in words; what has been said stays on the page and in the browser.
  const ask = window.fetch;
  window.fetch = async (...request) => {
    try {
      return await ask(...request);
    } catch (error) {
      if (error instanceof TypeError) window.rusSay(texts.lost);
      throw error;
    }
  };

  // In a narrow window the source panel is a sheet over the conversation, which meanwhile cannot be reached.
  const narrow = window.matchMedia('(max-width: 900px)');
  const sheet = (open) => {
    document.body.classList.toggle('rus-sheet', open);
    const panel = document.getElementById('rus-panel-column');
    for (const [name, value] of [['role', 'dialog'], ['aria-modal', 'true'], ['aria-labelledby', 'rus-panel-heading']]) {
      open ? panel?.setAttribute(name, value) : panel?.removeAttribute(name);
    }
    for (const part of document.querySelectorAll('#rus-header, #rus-tabs > .tab-wrapper, #rus-conversation')) {
      part.inert = open;
    }
  };
  narrow.addEventListener('change', () => sheet(false));

  const wide = (button) => {
    const on = document.getElementById('rus-columns').classList.toggle('rus-wide');
    button.setAttribute('aria-pressed', String(on));
    document.getElementById('rus-panel-heading')?.scrollIntoView({block: 'nearest'});
  };

  const back = () => {
    sheet(false);
    document.getElementById('rus-columns')?.classList.remove('rus-wide');
    document.querySelector('[data-wide]')?.setAttribute('aria-pressed', 'false');
    const link = lastLink && (lastLink.isConnected ? lastLink : findLink(lastLink.getAttribute('href')));
    (link || document.querySelector('#rus-question textarea'))?.focus();
  };

  const findLink = (href) => document.querySelector(`#rus-chat a[href="${href}"]`);

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    const href = link?.getAttribute('href') ?? '';
    if (href.startsWith('#kalla-')) {
      if (link.closest('#rus-chat')) lastLink = link;
      else if (findLink(href)) lastLink = findLink(href);
      return;
    }
    if (link?.hasAttribute('data-skip')) {
      event.preventDefault();
      document.querySelector('#rus-question textarea')?.focus();
    }
    const broad = event.target.closest('[data-wide]');
    if (broad) wide(broad);
    if (event.target.closest('[data-back]')) back();
    const enlarge = event.target.closest('[data-enlarge]');
    if (enlarge) {
      const large = enlarge.closest('.rus-reading').classList.toggle('rus-large');
      enlarge.setAttribute('aria-pressed', String(large));
    }
  });

  document.addEventListener('keydown', (event) => {
    const action = event.key === ' ' && event.target.closest('.rus-actions a');
    if (action) {
      event.preventDefault();
      action.click();
    }
    if (event.key === 'Escape' && event.target.closest('#rus-panel-column')) back();
  });

  window.rusPanelOpened = () => {
    if (narrow.matches) sheet(true);
    marked = null;
    showMark();
    const heading = document.getElementById('rus-panel-heading');
    heading?.focus({preventScroll: true});
    heading?.scrollIntoView({block: 'nearest'});
  };

  const name = (selector, attribute, value) => {
    for (const element of document.querySelectorAll(selector)) {
      if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
    }
  };

  // A new question is brought to the top of the window, so that its answer is read from the beginning; below the answer
  // there must be room enough for that.
  let questions = 0;
  const follow = () => {
    const asked = document.querySelectorAll('#rus-chat [data-testid=user]');
    const conversation = document.getElementById('rus-conversation');
    const last = document.getElementById('rus-filter');
    if (!conversation || !last) return;
    const newest = asked[asked.length - 1];
    const used = newest ? last.getBoundingClientRect().bottom - newest.getBoundingClientRect().top : 0;
    const room = asked.length > 1 ? Math.max(0, window.innerHeight - used - 40) : 0;
    conversation.style.paddingBottom = `${Math.round(room)}px`;
    if (asked.length > questions) newest.scrollIntoView({block: 'start'});
    questions = asked.length;
  };

  // In a long table the quoted row is brought into view, once for each source.
  let marked = null;
  const showMark = () => {
    const mark = document.querySelector('#rus-panel blockquote td mark');
    if (mark && mark !== marked) mark.closest('blockquote').scrollTop = mark.closest('tr').offsetTop - 90;
    marked = mark;
  };

  const showCurrent = () => {
    const target = document.getElementById('rus-panel-heading')?.dataset.target;
    for (const link of document.querySelectorAll('#rus-chat a[href^="#kalla-"]')) {
      const current = Boolean(target) && link.getAttribute('href') === target;
      if (current !== link.hasAttribute('aria-current')) link.toggleAttribute('aria-current', current);
      if (current && link.getAttribute('aria-current') !== 'true') link.setAttribute('aria-current', 'true');
    }
  };

  const mend = () => {
    window.rusTables();
    window.rusKeep();
    window.rusGuide();
    window.rusJobs();
    follow();
    showCurrent();
    showMark();
    if (document.documentElement.lang !== texts.language) document.documentElement.lang = texts.language;
    name('#rus-chat .rus-actions a', 'role', 'button');
    name('#rus-chat [role=log]', 'aria-label', texts.conversation);
    name('#rus-chat [role=log]', 'aria-busy', String(Boolean(document.querySelector('#rus-stop:not(.hidden)'))));
    for (const message of document.querySelectorAll('#rus-chat [data-testid=user], #rus-chat [data-testid=bot]')) {
      const said = message.dataset.testid === 'user' ? texts.you_said : texts.bot_said;
      if (message.getAttribute('aria-label') !== said) message.setAttribute('aria-label', said);
    }
  };
  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      mend();
    });
  };
  new MutationObserver(plan).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: ['class', 'aria-label', 'lang'],
  });
})();
