// Replaces the two diff editors of Monaco (see vite.config.ts), which the playground never opens.
export class DiffEditorWidget {}
export class MultiDiffEditorWidget {}
