/** All browser tests, in one process: one server, one browser, one after the other. */
import './search.test.mjs';
import './session.test.mjs';
import './keyboard.test.mjs';
import './overview.test.mjs';
import './a11y.test.mjs';
import './xss.test.mjs';
import './live.test.mjs';
import './token.test.mjs';
import './performance.test.mjs';
