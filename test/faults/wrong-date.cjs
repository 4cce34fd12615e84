// Preloaded by every process of the machine: the date is wrong by what a file says, from one moment
// to the next, while what passes (process.hrtime) is as it is.
const { readFileSync } = require('node:fs');

const RealDate = Date;
const file = process.env.FAULTS_DATE_FILE;
let wrongBy = 0;

function look() {
  try {
    const text = readFileSync(file, 'utf8').trim();
    // Empty for a moment while it is written.
    if (text !== '') wrongBy = Number(text);
  } catch {
    // Not written yet: the date is right.
  }
}

if (file) {
  look();
  setInterval(look, 50).unref();
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(RealDate.now() + wrongBy);
      else super(...parts);
    }
    static now() {
      return RealDate.now() + wrongBy;
    }
  };
}
