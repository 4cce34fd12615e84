/** What the use cases need from outside; compose.ts says by what it is filled. */
export * from './change-set';
export * from './clock';
export * from './connector';
export * from './extractor';
export * from './sealer';
export * from './store';
