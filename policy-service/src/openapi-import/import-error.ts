/** A document or a choice that cannot be imported; the message says what to do. */
export class ImportError extends Error {}

/** One part of an operation that has no counterpart in a catalogue; the message is a sentence. */
export class Unsupported extends Error {}
