// The form of one record: how a date is read, how many days a period has, how much paper a text takes.
import { countDays, readDates } from "./dates.js";
import { estimatePaper } from "./paper.js";

readDates();
countDays();
estimatePaper();
