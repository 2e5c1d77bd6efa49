export function publishingOrder(files: readonly string[]): string[];
