/** Said wherever an action of an external executor shows. */
export const WEAKER_GUARANTEE =
  'The service does not do this write itself. It gives one permit, and believes what its holder reports.';
