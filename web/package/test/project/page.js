// What a page does with the package, for bundlers.

import { fuse } from 'meld-fuser';

window.fused = fuse({ name: 'a.wat', bytes: '(component)' }).then(({ statistics }) => statistics.inputBytes);
