// GraphiQL keeps documents, variables, headers and history in localStorage. Users type passwords into all of them, so here they
// live as long as the page. Only the theme is stored.

const lasting = new Set(["graphiql:theme"]);

export class PageStorage {
  #memory = new Map<string, string>();

  get length() {
    return this.#memory.size;
  }

  getItem(key: string): string | null {
    return this.#memory.get(key) ?? (lasting.has(key) ? onDisk(() => localStorage.getItem(key)) : null);
  }

  setItem(key: string, value: string) {
    this.#memory.set(key, value);
    if (lasting.has(key)) {
      onDisk(() => localStorage.setItem(key, value));
    }
  }

  removeItem(key: string) {
    this.#memory.delete(key);
    if (lasting.has(key)) {
      onDisk(() => localStorage.removeItem(key));
    }
  }

  clear() {
    this.#memory.clear();
    for (const key of lasting) {
      this.removeItem(key);
    }
  }
}

// A browser that blocks site data throws at any use of localStorage.
function onDisk<T>(use: () => T): T | null {
  try {
    return use();
  } catch {
    return null;
  }
}
