/** The dialog at the door: asks for a token, then for one of its apps. */

import { listApps, tidyToken } from './access.js';

const $ = (id) => document.getElementById(id);

export class Gate {
  #isFirst;
  #onGranted;
  #reopen = () => this.askToken();

  /**
   * @param {() => boolean} isFirst whether there is nothing behind the dialog to go back to
   * @param {(token: string, apps: string[]) => void} onGranted called with a token that was taken
   */
  constructor(isFirst, onGranted) {
    this.#isFirst = isFirst;
    this.#onGranted = onGranted;
    $('gate-cancel').addEventListener('click', () => this.close());
    $('gate').addEventListener('close', () => {
      if (isFirst()) {
        this.#reopen(); // Escape closes a dialog, but there is nothing behind this one yet
      }
    });
    $('token-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const { token, problem } = tidyToken($('token').value);
      if (problem) {
        $('gate-error').textContent = problem;
      } else {
        this.tryToken(token);
      }
    });
  }

  /** Shows the form; `kept` stays in it, for a token that only needs another try. */
  askToken(problem = '', kept = '') {
    this.#reopen = () => this.askToken();
    const first = this.#show('token-form');
    $('gate-title').textContent = first ? 'See your app’s log' : 'Paste a new token';
    $('gate-cancel').hidden = first;
    $('gate-error').textContent = problem;
    $('token').value = kept;
    $('token').focus();
  }

  /** Asks the router what a token allows. */
  async tryToken(token) {
    $('token-submit').disabled = true;
    $('gate-error').textContent = '';
    const { apps, problem, again } = await listApps(document.baseURI, token);
    $('token-submit').disabled = false;
    if (problem) {
      this.askToken(problem, again ? token : '');
    } else if (apps.length === 0) {
      this.askToken('This token allows no app.');
    } else {
      this.#onGranted(token, apps);
    }
  }

  /** Shows the apps to choose from, and why one has to be chosen. */
  askApp(apps, onChosen, why) {
    this.#reopen = () => this.askApp(apps, onChosen, why);
    this.#show('choose');
    $('choose-why').textContent = why;
    $('choices').replaceChildren(...apps.map((name) => choice(name, onChosen)));
    $('choices').querySelector('button').focus();
  }

  close() {
    $('token').value = '';
    $('gate').close();
  }

  #show(part) {
    const first = this.#isFirst();
    $('gate').classList.toggle('first', first);
    $('token-form').hidden = part !== 'token-form';
    $('choose').hidden = part !== 'choose';
    if (!$('gate').open) {
      $('gate').showModal();
    }
    return first;
  }
}

function choice(name, onChosen) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = name;
  button.addEventListener('click', () => onChosen(name));
  const item = document.createElement('li');
  item.append(button);
  return item;
}
