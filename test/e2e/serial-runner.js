const { default: TestRunner } = require('jest-runner');

/** All end-to-end tests share one stack, and some stop a part of it: one file at a time. */
module.exports = class SerialRunner extends TestRunner {
  isSerial = true;
};
