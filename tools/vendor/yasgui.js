// Entry of static/vendor/yasgui.js.
export { Yasgui } from "@zazuko/yasgui";
