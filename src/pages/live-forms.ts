/** What can be written from a page, where the server was told to take it. The script sends it; without it nothing is sent. */
import { type Html, html } from './html.ts';

const field = (label: string, input: Html): Html => html`<label>${label}${input}</label>
`;
const text = (name: string, most: number, isNeeded = false): Html =>
  html`<input name="${name}" maxlength="${most}" autocomplete="off"${isNeeded ? html` required` : null}>`;
const end = (label: string): Html =>
  html`<button type="submit">${label}</button> <output></output></form>
`;

/** A note, and answers to steps of the checklist. */
export const incidentForms = (
  key: string,
  steps: readonly { id: string; asks: readonly string[]; state: string; title: string }[],
): Html => html`<section class="forms"><h2>Write</h2>
<form class="controls" data-act="note" data-incident="${key}">
${field('Note', html`<textarea name="text" maxlength="4000" rows="3" required></textarea>`)}${end('Add the note')}
${
  steps.length === 0
    ? null
    : html`<form class="controls" data-act="step" data-incident="${key}">
${field(
  'Step',
  html`<select name="step">${steps.map(
    ({ id, asks, state, title }) =>
      html`<option value="${id}">${title} (${state})${asks.length === 0 ? null : `, asks for ${asks.join(', ')}`}</option>
`,
  )}</select>`,
)}${field(
  'Answer',
  html`<select name="answer"><option value="done">done</option><option value="skip">not done, because</option><option value="back">open again, because</option></select>`,
)}${field('Note or reason', text('text', 2000))}${field('Values (NAME=VALUE; NAME=VALUE)', text('values', 2000))}${end('Answer the step')}
<p class="remark">A step that runs a command is run in a terminal: nothing is run from here.</p>`
}</section>
`;

/** Taking an alert on, and telling nobody of such for a time. */
export const alertForms = (
  number: string,
  isOpen: boolean,
  entities: readonly string[],
): Html => html`<section class="forms"><h2>Write</h2>
${
  isOpen
    ? html`<form class="controls" data-act="acknowledge" data-alert="${number}">
${field('Reason', text('reason', 500))}${end('Take it on')}`
    : null
}<form class="controls" data-act="silence">
${field(
  'Tell nobody of',
  html`<select name="entity">${entities.map((one) => html`<option>${one}</option>`)}</select>`,
)}${field(
  'For',
  html`<select name="for"><option>1h</option><option>4h</option><option>1d</option><option>7d</option></select>`,
)}${field('Reason', text('reason', 500, true))}${end('Add the silence')}
</section>
`;
