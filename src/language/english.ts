/** Function words, which say nothing about what a question is about. Parts of contractions stand among them: `didn`, `ll`. */
export const STOP_WORDS = new Set(
  `a about again all also am an and any anyone anything are aren as at be because been before being but by can cannot
  come could couldn d did didn do does doesn doing don done dont each else ever every for from get getting give go going
  got guys had has hasn have haven having he hello help her here hey hi him his how i if im in into is isn it its ive
  just know know let like ll m make many may me mean might mine more most much must my need no not now of off on one
  only or other our out over own please pls put re really s same say see shall she should so some someone something
  still such t take tell than thank thanks that the their them then there these they thing things this those though to
  too try trying u up us use ve very want wanted was wasn way we well were what whats when where whether which while
  who whom whose why will with won would wouldn yes yet you your yours`.split(/\s+/),
);

/** Content words that say how something is asked for ("how long", "what does it cost"), not what is asked about. */
export const MEASURE_WORDS = new Set(
  "long much many cost costs price days time far soon often big work works happen happens".split(
    " ",
  ),
);
