// What is taken along or said of an answer: copies with sources, files, links to questions, feedback.
(() => {
  const texts = window.rusTexts;
  let rate = () => {};

  const say = window.rusSay;

  window.rusSave = () => {
    const file = document.getElementById('rus-file');
    if (!file) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([Uint8Array.from(atob(file.dataset.content), (c) => c.charCodeAt(0))]));
    link.download = file.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
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

  // The text as the browser itself draws it, table cells with tabs between.
  const plain = (rich) => {
    const drawn = document.createElement('div');
    drawn.innerHTML = rich;
    for (const item of drawn.querySelectorAll('li')) item.prepend('• ');
    drawn.className = 'rus-hidden';
    document.body.append(drawn);
    const text = drawn.innerText;
    drawn.remove();
    return text;
  };

  const address = (question) => `${location.origin}${location.pathname}?q=${encodeURIComponent(question)}`;

  const act = (action, number, kind) => {
    const carried = document.getElementById(`kopia-${number}`)?.dataset;
    if (action === 'spara') window.rusFile(number, kind);
    else if (action === 'kopiera' && carried) copy(plain(carried.rich), carried.rich, texts.copied);
    else if (action === 'lank' && carried) copy(address(carried.question), '', texts.link_copied);
    else if (action === 'bra') rate({number, good: true, reason: '', comment: ''});
    else if (action === 'fel') ask(number);
  };

  // On paper stands the conversation alone, each answer with its numbered sources.
  window.addEventListener('beforeprint', () => {
    const paper = document.createElement('div');
    paper.id = 'rus-print';
    for (const carried of document.querySelectorAll('#rus-carried [id^=kopia-]')) {
      const question = document.createElement('h2'), answer = document.createElement('div');
      question.textContent = carried.dataset.question;
      answer.innerHTML = carried.dataset.rich;
      paper.append(question, answer);
    }
    if (!paper.children.length) return;
    paper.append(document.querySelector('.rus-machine')?.cloneNode(true) ?? '');
    document.body.append(paper);
  });
  window.addEventListener('afterprint', () => document.getElementById('rus-print')?.remove());

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
      act(action, Number(number), kind);
    }
    if (event.target.closest('[data-print]')) window.print();
  });
})();
