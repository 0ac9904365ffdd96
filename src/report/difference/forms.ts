/** A difference in the forms that `--output` names. */
import type { Difference, DifferenceSides } from '../../model.ts';
import type { Paint } from '../paint.ts';
import { differenceHtml } from './html.ts';
import { differenceJson } from './json.ts';
import { differenceMarkdown } from './markdown.ts';
import { differenceText } from './text.ts';

/** The forms. */
export const DIFFERENCE_FORMS = ['text', 'json', 'markdown', 'html'] as const;

/** One of the forms. */
export type DifferenceForm = (typeof DIFFERENCE_FORMS)[number];

/** How a difference is shown, whatever its form. */
export interface FormOptions {
  readonly sides: DifferenceSides;
  readonly unified: boolean;
  /** Colours of text. */
  readonly paint?: Paint;
  /** How many lines of text there may be. Default: any number. */
  readonly lines?: number;
}

/** A difference in one form, with a final newline. */
export function differenceIn(form: DifferenceForm, difference: Difference, options: FormOptions): string {
  const { sides, unified } = options;
  switch (form) {
    case 'text':
      return differenceText(difference, options);
    case 'json':
      return differenceJson(difference, sides);
    case 'markdown':
      return differenceMarkdown(difference, { sides, unified });
    case 'html':
      return differenceHtml(difference, { sides, unified });
  }
}
