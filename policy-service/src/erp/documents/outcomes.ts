/**
 * How a walk through an ERP can end early. They are thrown inside the connector and become a
 * PerformResult, a FindResult or a ConnectorUnavailable at its edge.
 */

/** The ERP, or a check of ours before it, said no to this one thing. */
export class Refused extends Error {}

/** A write may have been received and has no readable answer. */
export class Lost extends Error {}

/** The ERP did not take a call up, or a read got no readable answer: nothing was changed by it. */
export class Unreachable extends Error {}

/** What the ERP holds under our reference is not what was asked for; only a person can say why. */
export class Contradiction extends Error {}
