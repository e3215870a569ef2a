// A stored answer: the server drew it; this adds charts, quotes on hover and the copy button.

import { drawCharts } from "./charts.js";
import { explain, listenForMarks } from "./citations.js";
import { Composer } from "./composer.js";
import { offerCitation } from "./copy.js";
import { pageData } from "./dom.js";

const answer = pageData("answer");
const turn = document.querySelector(".turn");

explain(turn, answer);
listenForMarks();
drawCharts(turn, answer.calculations);
offerCitation(turn);
new Composer(document.querySelector(".composer"));
