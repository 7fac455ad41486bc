/** As much of a browser's document as rows.js uses, so that it runs in Node. */

class FakeElement {
  className = '';
  children = [];
  attributes = new Map();

  constructor(localName) {
    this.localName = localName;
    this.classList = { add: (name) => (this.className += ' ' + name) };
  }

  append(...nodes) {
    this.children.push(...nodes);
  }

  setAttribute(name, value) {
    this.attributes.set(name, value);
  }

  set textContent(text) {
    this.children = [text];
  }

  get textContent() {
    return this.children.map((c) => (typeof c === 'string' ? c : c.textContent)).join('');
  }

  /** The first element below this one that has the class. */
  find(className) {
    for (const child of this.children) {
      if (typeof child !== 'string') {
        const found = child.className.split(' ').includes(className) ? child : child.find(className);
        if (found) {
          return found;
        }
      }
    }
    return undefined;
  }
}

globalThis.document = { createElement: (name) => new FakeElement(name) };
