// What script adds to every page: keys to walk results, a basket that needs no new page, ranges drawn by hand.
import "./basket.js";
import "./brush.js";
import "./copy.js";
import "./forms.js";
import "./keys.js";
import "./parameters.js";
import "./sky_map.js";
import "./suggest.js";
