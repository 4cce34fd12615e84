/** A condition that cannot be used; the message says why in plain words. */
export class ConditionError extends Error {}

/** Thrown while a condition is evaluated; the decision reports it and never allows. */
export class EvaluationError extends Error {}
