// The interface `text` of wit/world.wit.

class Document {
  #text;

  constructor(text) {
    this.#text = text;
  }

  append(text) {
    this.#text += text;
  }

  content() {
    return this.#text;
  }

  words() {
    const counts = new Map();
    for (const word of this.#text.split(/\s+/u).filter((word) => word)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    return [...counts].map(([text, count]) => ({ text, count }));
  }

  static join(parts) {
    return new Document(parts.map((part) => part.content()).join(' '));
  }
}

export const text = {
  Document,

  restyle(text, style) {
    switch (style.tag) {
      case 'upper':
        return text.toUpperCase();
      case 'title':
        return text.replace(/[^\s]+/g, (word) => word[0].toUpperCase() + word.slice(1));
      default:
        return text.repeat(style.val);
    }
  },

  greet(name) {
    if (name === '') throw 'nobody to greet';
    return `Hello, ${name}!`;
  },
};
