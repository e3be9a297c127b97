// Stands in for Monaco's two diff editors (see vite.config.ts), which nothing here opens.
export class DiffEditorWidget {}
export class MultiDiffEditorWidget {}
