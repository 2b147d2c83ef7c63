// The interface `greeter` of tests/demo/wit, as the demo's Rust library does it, with other words.

const WORDS = new Map([
  ['English', 'Good day'],
  ['français', 'Bonjour'],
  ['日本語', 'こんにちは'],
]);

class GuestBook {
  #names = [];

  greet({ name, languages }) {
    const language = languages.find((language) => WORDS.has(language));
    if (language === undefined) throw `no greeting for ${languages.join(' or ')}`;
    this.#names.push(name);
    return `${WORDS.get(language)}, ${name}!`;
  }

  names() {
    return this.#names;
  }
}

export const greeter = { GuestBook };
