// Conversations kept in this browser: stored, found, named, opened and deleted; and the question that a reload broke off.
(() => {
  const texts = window.rusTexts;
  const STORE = 'rus-samtal', CURRENT = 'rus-samtal-nu', PENDING = 'rus-fraga-nu', MOST = 50;
  let restore = () => {}, list = null, lastKept = null;

  // {id: {title, changed, turns}}. What does not fit pushes out the oldest.
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(STORE) ?? '{}');
    } catch {
      return {};
    }
  };
  const newestFirst = (all) => Object.keys(all).sort((a, b) => all[b].changed - all[a].changed);
  const store = (all) => {
    const ids = newestFirst(all).slice(0, MOST);
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

  const remove = (id) => {
    const all = kept();
    delete all[id];
    if (sessionStorage.getItem(CURRENT) === id) sessionStorage.removeItem(CURRENT);
    store(all);
    list?.querySelector('summary').focus();
  };

  // The name is changed where it stands; Return keeps it, Escape does not.
  const rename = (id, item) => {
    const field = document.createElement('input');
    field.value = kept()[id].title;
    field.maxLength = 200;
    field.setAttribute('aria-label', texts.name);
    item.replaceChildren(field);
    field.focus();
    let ended = false;
    const end = (keep) => {
      if (ended) return;
      ended = true;
      const all = kept();
      if (keep && field.value.trim()) all[id].title = field.value.trim();
      store(all);
      list.querySelector(`[data-id="${id}"] .rus-question`)?.focus();
    };
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === 'Escape') end(event.key === 'Enter');
    });
    field.addEventListener('blur', () => end(true));
  };

  const button = (label, className, act, about) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = className;
    made.textContent = label;
    if (about) made.setAttribute('aria-label', `${label}: ${about}`);
    made.addEventListener('click', act);
    return made;
  };

  const entry = (id, conversation) => {
    const item = document.createElement('li');
    item.dataset.id = id;
    const when = new Date(conversation.changed).toLocaleDateString(texts.language === 'en' ? 'en-GB' : 'sv-SE');
    item.append(
      button(`${conversation.title} (${when})`, 'rus-question', () => open(id)),
      button(texts.rename, 'rus-button', () => rename(id, item), conversation.title),
      button(texts.delete, 'rus-button', () => remove(id), conversation.title),
    );
    return item;
  };

  const show = () => {
    if (!list) return;
    const all = kept(), wanted = list.querySelector('[data-find]').value.trim().toLocaleLowerCase();
    const ids = newestFirst(all);
    const found = ids.filter((id) => `${all[id].title} ${all[id].turns}`.toLocaleLowerCase().includes(wanted));
    list.hidden = ids.length === 0;
    list.querySelector('ul').replaceChildren(...found.map((id) => entry(id, all[id])));
    list.querySelector('[role=status]').textContent = wanted && !found.length ? texts.nothing_found : '';
  };

  window.rusKept = (element, trigger) => {
    restore = trigger;
    list = element.querySelector('details');
    list.querySelector('[data-find]').addEventListener('input', show);
    list.querySelector('[data-delete-all]').addEventListener('click', () => {
      if (!window.confirm(texts.delete_all)) return;
      sessionStorage.removeItem(CURRENT);
      store({});
    });
    show();
  };

  document.addEventListener('click', (event) => {
    if (!event.target.closest('#rus-clear')) return;
    sessionStorage.removeItem(CURRENT);
    lastKept = document.getElementById('rus-kept-turns')?.dataset.turns ?? null;
  });

  // Called when the page has changed: keeps the conversation that the server has just sent, and the question under way.
  window.rusKeep = () => {
    const asked = [...document.querySelectorAll('#rus-chat [data-testid=user]')].pop()?.innerText.trim();
    const busy = document.querySelector('#rus-chat [role=log]')?.getAttribute('aria-busy') === 'true';
    if (busy && asked) sessionStorage.setItem(PENDING, asked);
    const turns = document.getElementById('rus-kept-turns')?.dataset.turns;
    if (!turns || turns === '[]' || turns === lastKept) return;
    lastKept = turns;
    sessionStorage.removeItem(PENDING);
    const id = sessionStorage.getItem(CURRENT) ?? Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
    sessionStorage.setItem(CURRENT, id);
    const all = kept();
    store({...all, [id]: {title: all[id]?.title ?? JSON.parse(turns)[0].question, changed: Date.now(), turns}});
  };

  // Called when the page is ready: a question in the address, or the conversation that was open before a reload. A
  // question whose answer the reload broke off stands in the field again.
  window.rusStart = () => {
    const question = new URLSearchParams(location.search).get('q')?.trim();
    const pending = sessionStorage.getItem(PENDING);
    sessionStorage.removeItem(PENDING);
    if (question) {
      history.replaceState(null, '', location.pathname);
      sessionStorage.removeItem(CURRENT);
      window.rusAsk(question);
      return;
    }
    if (sessionStorage.getItem(CURRENT)) open(sessionStorage.getItem(CURRENT));
    const field = document.querySelector('#rus-question textarea');
    if (!pending || !field) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(field, pending);
    field.dispatchEvent(new Event('input', {bubbles: true}));
    setTimeout(() => window.rusSay(texts.reloaded), 1500);
  };
})();
