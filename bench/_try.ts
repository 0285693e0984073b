import { benchReconcile } from './reconcile.ts';
console.log(JSON.stringify(await benchReconcile({ quick: process.argv[2] === 'quick', full: false, say: console.error }), null, 1));
