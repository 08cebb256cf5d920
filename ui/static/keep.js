// What is taken along or kept: copies with sources, files, links to questions, conversations in this browser, feedback.
(() => {
  const texts = window.rusTexts;
  const STORE = 'rus-samtal', CURRENT = 'rus-samtal-nu', MOST = 50;
  let restore = () => {}, list = null, rate = () => {}, lastKept = null;

  const say = (text) => {
    const status = document.querySelector('#rus-status [role=status]');
    if (status) status.textContent = text;
  };

  const saveBlob = (name, blob) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  window.rusSave = () => {
    const file = document.getElementById('rus-file');
    if (!file) return;
    saveBlob(file.dataset.name, new Blob([Uint8Array.from(atob(file.dataset.content), (c) => c.charCodeAt(0))]));
  };

  // A page without https has no clipboard of its own; the older command copies a selection, which the event replaces.
  const copy = async (plain, rich, done) => {
    const part = (text, type) => new Blob([text], {type});
    try {
      if (window.ClipboardItem && navigator.clipboard) {
        const item = {'text/plain': part(plain, 'text/plain')};
        if (rich) item['text/html'] = part(rich, 'text/html');
        await navigator.clipboard.write([new ClipboardItem(item)]);
      } else {
        const fill = (event) => {
          event.preventDefault();
          event.clipboardData.setData('text/plain', plain);
          if (rich) event.clipboardData.setData('text/html', rich);
        };
        document.addEventListener('copy', fill, {once: true});
        if (!document.execCommand('copy')) throw new Error('copy');
      }
      say(done);
    } catch {
      say(texts.copy_failed);
    }
  };

  const address = (question) => `${location.origin}${location.pathname}?q=${encodeURIComponent(question)}`;

  const act = (action, number, kind) => {
    const carried = document.getElementById(`kopia-${number}`)?.dataset;
    if (action === 'spara') window.rusFile(number, kind);
    else if (action === 'kopiera' && carried) copy(carried.plain, carried.rich, texts.copied);
    else if (action === 'lank' && carried) copy(address(carried.question), '', texts.link_copied);
    else if (action === 'bra') rate({number, good: true, reason: '', comment: ''});
    else if (action === 'fel') ask(number);
  };

  let dialog = null, rated = '';
  const ask = (number) => {
    rated = number;
    dialog?.querySelector('form').reset();
    dialog?.showModal();
  };

  window.rusFeedback = (element, trigger) => {
    rate = trigger;
    dialog = element.querySelector('dialog');
    dialog.addEventListener('close', () => {
      const said = new FormData(dialog.querySelector('form'));
      if (dialog.returnValue === 'send') {
        rate({number: rated, good: false, reason: said.get('reason') ?? '', comment: said.get('comment') ?? ''});
      }
      dialog.returnValue = '';
    });
  };

  document.addEventListener('click', (event) => {
    const href = event.target.closest('a[href^="#"]')?.getAttribute('href') ?? '';
    const [, action, number, kind] = href.match(/^#(kopiera|spara|lank|bra|fel)-(\d+)(?:-(\w+))?$/) ?? [];
    if (action) {
      event.preventDefault();
      act(action, number, kind);
    }
    const button = event.target.closest('button[data-file]');
    if (button) saveBlob(button.dataset.file, new Blob([button.dataset.text], {type: 'text/plain;charset=utf-8'}));
    if (event.target.closest('#rus-clear')) {
      sessionStorage.removeItem(CURRENT);
      lastKept = document.getElementById('rus-kept-turns')?.dataset.turns ?? null;
    }
  });

  // Conversations: {id: {title, changed, turns}}. What does not fit pushes out the oldest.
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(STORE) ?? '{}');
    } catch {
      return {};
    }
  };
  const store = (all) => {
    const ids = Object.keys(all).sort((a, b) => all[b].changed - all[a].changed).slice(0, MOST);
    for (let count = ids.length; count >= 0; count -= 1) {
      try {
        localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(ids.slice(0, count).map((id) => [id, all[id]]))));
        break;
      } catch {
        continue;
      }
    }
    show();
  };

  const open = (id) => {
    const conversation = kept()[id];
    if (!conversation) return;
    sessionStorage.setItem(CURRENT, id);
    lastKept = conversation.turns;
    restore(conversation.turns);
  };

  const entry = (id, conversation) => {
    const item = document.createElement('li');
    const opening = document.createElement('button'), removing = document.createElement('button');
    opening.type = removing.type = 'button';
    opening.className = 'rus-question';
    removing.className = 'rus-button';
    const when = new Date(conversation.changed).toLocaleDateString(texts.language === 'en' ? 'en-GB' : 'sv-SE');
    opening.textContent = `${conversation.title} (${when})`;
    removing.textContent = texts.delete;
    removing.setAttribute('aria-label', `${texts.delete}: ${conversation.title}`);
    opening.addEventListener('click', () => open(id));
    removing.addEventListener('click', () => {
      const all = kept();
      delete all[id];
      if (sessionStorage.getItem(CURRENT) === id) sessionStorage.removeItem(CURRENT);
      store(all);
      list?.querySelector('summary').focus();
    });
    item.append(opening, removing);
    return item;
  };

  const show = () => {
    if (!list) return;
    const all = kept();
    const ids = Object.keys(all).sort((a, b) => all[b].changed - all[a].changed);
    list.hidden = ids.length === 0;
    list.querySelector('ul').replaceChildren(...ids.map((id) => entry(id, all[id])));
  };

  window.rusKept = (element, trigger) => {
    restore = trigger;
    list = element.querySelector('details');
    list.querySelector('[data-delete-all]').addEventListener('click', () => {
      sessionStorage.removeItem(CURRENT);
      store({});
    });
    show();
  };

  // Called when the page has changed: keeps the conversation that the server has just sent.
  window.rusKeep = () => {
    const turns = document.getElementById('rus-kept-turns')?.dataset.turns;
    if (!turns || turns === '[]' || turns === lastKept) return;
    lastKept = turns;
    const id = sessionStorage.getItem(CURRENT) ?? Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
    sessionStorage.setItem(CURRENT, id);
    store({...kept(), [id]: {title: JSON.parse(turns)[0].question, changed: Date.now(), turns}});
  };

  // Called when the page is ready: a question in the address, or the conversation that was open before a reload.
  window.rusStart = () => {
    const question = new URLSearchParams(location.search).get('q')?.trim();
    if (question) {
      history.replaceState(null, '', location.pathname);
      sessionStorage.removeItem(CURRENT);
      window.rusAsk(question);
    } else if (sessionStorage.getItem(CURRENT)) open(sessionStorage.getItem(CURRENT));
  };
})();
