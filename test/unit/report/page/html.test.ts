import fc from 'fast-check';
import {expect, it} from 'vitest';
import {dataElement, html} from '../../../../src/report/page/html.js';

it('escapes text and leaves markup', () => {
  const inner = html`<b title="${'"\'&'}">${'<script>'}</b>`;
  expect(html`<p>${inner}${[1, 'a<']}${false}${null}</p>`.text).toBe(
    '<p><b title="&quot;&#39;&amp;">&lt;script&gt;</b>1a&lt;</p>',
  );
});

it('spells characters out that would reorder what stands beside them', () => {
  expect(html`${'BTC\u202eTDSU'}`.text).toBe('BTC\\u202eTDSU');
});

it('lets no text open a tag or leave a quoted attribute', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), (text) => {
      expect(html`${text}`.text).not.toMatch(/[<>"']/);
    }),
  );
});

it('gives a script its data without a tag in it', () => {
  const value = {name: '</script><script>alert(1)</script><!--'};
  const {text} = dataElement('data', value);
  const inside = /^<script type="application\/json" id="data">(.*)<\/script>$/.exec(text)![1]!;
  expect(inside).not.toContain('<');
  expect(JSON.parse(inside)).toEqual(value);
});
