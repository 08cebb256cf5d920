// The documents tab: files dropped or chosen, addresses, the progress of reading them, descriptions and removal.
(() => {
  const texts = window.rusTexts;
  const PAUSE = 700;
  let refresh = () => {}, watching = false, seen = false;
  const panel = () => document.querySelector('.rus-manage');
  const part = (selector) => panel()?.querySelector(selector);

  const say = (text) => {
    const status = part('.rus-job-status');
    if (status && status.textContent !== text) status.textContent = text;
  };

  const call = async (path, body) => {
    const json = body && !(body instanceof FormData);
    const headers = {'X-Rus-Documents': '1', ...(json ? {'Content-Type': 'application/json'} : {})};
    const answer = await fetch(`${panel().dataset.base}dokument/${path}`, {
      method: body === undefined ? 'GET' : 'POST', headers, body: json ? JSON.stringify(body) : body,
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(typeof said.detail === 'string' ? said.detail : texts.failed);
    return said;
  };

  const watch = async () => {
    if (watching) return;
    watching = true;
    try {
      for (;;) {
        const state = await call(`jobb?lang=${texts.language}`);
        if (!panel()) break;
        say(state.status);
        part('.rus-job').innerHTML = state.html;
        part('[data-stop]').hidden = !state.running;
        if (!state.running) break;
        await new Promise((done) => { setTimeout(done, PAUSE); });
      }
      refresh();
    } catch (error) {
      say(error instanceof TypeError ? texts.lost : error.message);
    }
    watching = false;
  };

  const order = async (path, body) => {
    try {
      await call(path, body);
      watch();
    } catch (error) {
      say(error instanceof TypeError ? texts.lost : error.message);
      panel()?.scrollIntoView({block: 'nearest'});
    }
  };

  const upload = (files) => {
    if (!files.length) return;
    const form = new FormData();
    for (const [file, name] of files) form.append('file', file, name);
    say(texts.uploading);
    order('filer', form);
  };
  const named = (list) => [...list].map((file) => [file, file.webkitRelativePath || file.name]);

  // What is dropped may hold folders, which are walked.
  const walk = async (entry, path) => {
    if (entry.isFile) return [[await new Promise((done, fail) => { entry.file(done, fail); }), path + entry.name]];
    const reader = entry.createReader(), found = [];
    for (;;) {
      const some = await new Promise((done, fail) => { reader.readEntries(done, fail); });
      if (!some.length) return found;
      for (const one of some) found.push(...await walk(one, `${path}${entry.name}/`));
    }
  };

  const dropped = (event, over) => {
    const zone = event.target.closest?.('.rus-drop');
    document.querySelector('.rus-drop')?.classList.toggle('rus-over', over && Boolean(zone));
    if (zone) event.preventDefault();
    return zone;
  };
  document.addEventListener('dragover', (event) => dropped(event, true));
  document.addEventListener('dragleave', (event) => dropped(event, false));
  document.addEventListener('drop', async (event) => {
    if (!dropped(event, false)) return;
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const files = entries.length
      ? (await Promise.all(entries.map((entry) => walk(entry, '')))).flat() : named(event.dataTransfer.files);
    upload(files);
  });

  document.addEventListener('change', (event) => {
    if (!event.target.matches?.('.rus-drop input[type=file]')) return;
    upload(named(event.target.files));
    event.target.value = '';
  });

  const dialog = (kind) => document.querySelector(`[data-dialog=${kind}]`);
  const show = (kind, button) => {
    const box = dialog(kind), form = box.querySelector('form');
    box.dataset.document = button.dataset.document;
    if (kind === 'forget') box.querySelector('[data-name]').textContent = button.dataset.title;
    const known = {valid_from: 'validFrom', valid_to: 'validTo'};
    for (const field of form.querySelectorAll('[name]')) {
      const value = button.dataset[known[field.name] ?? field.name] ?? '';
      field.value = value;
      if (field.value !== value) field.add(new Option(value, value, true, true));
    }
    box.returnValue = '';
    box.showModal();
  };
  document.addEventListener('close', (event) => {
    const box = event.target;
    if (!box.matches?.('[data-dialog]') || box.returnValue !== 'send') return;
    const id = encodeURIComponent(box.dataset.document);
    if (box.dataset.dialog === 'forget') order(`${id}/ta-bort`, {});
    else order(`${id}/beskrivning`, Object.fromEntries(new FormData(box.querySelector('form'))));
  }, true);

  document.addEventListener('submit', (event) => {
    if (!event.target.matches?.('.rus-address')) return;
    event.preventDefault();
    order('adress', {address: new FormData(event.target).get('address')});
    event.target.reset();
  });

  document.addEventListener('click', (event) => {
    const pick = event.target.closest('[data-pick]'), button = event.target.closest('[data-do]');
    if (pick) part(`[data-${pick.dataset.pick}]`).click();
    if (event.target.closest('[data-stop]')) order('avbryt', {});
    if (button?.dataset.do === 'change') show('describe', button);
    if (button?.dataset.do === 'remove') show('forget', button);
    if (button?.dataset.do === 'read') {
      window.rusTab('reading');
      window.rusRead(button.dataset.document);
    }
  });

  window.rusManage = (element, trigger) => { refresh = () => trigger('click', {}); };

  // Called when the page has changed: a job that another page has begun is followed here too.
  window.rusJobs = () => {
    if (!panel() || seen) return;
    seen = true;
    call(`jobb?lang=${texts.language}`).then((state) => { if (state.running) watch(); }).catch(() => {});
  };
})();
