// What script adds to every page: keys to walk results, and a basket that needs no new page.
import "./basket.js";
import "./keys.js";
