/** Asks registries whether the images are there (`check.images: exist`). */
import { eachLimit } from '../../concurrency.ts';
import { SlipwayError } from '../../errors.ts';
import type { CheckOptions } from '../engine/options.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactView, ReleaseReport } from '../view.ts';
import { fullReference, parseImage } from './reference.ts';
import { finalImages } from './uses.ts';

/** How many images are asked about at once. */
const AT_ONCE = 8;

type ImageExists = NonNullable<CheckOptions['imageExists']>;

/** Asks about each image of all artifacts once. A registry that does not answer makes no error of an image. */
export async function checkImages(
  views: readonly ArtifactView[],
  imageExists: ImageExists,
  report: ReleaseReport,
): Promise<void> {
  const uses = views.flatMap((view) =>
    [...finalImages(view)].flatMap(({ image, field, object, certain }) => {
      const reference = certain ? parseImage(image) : undefined;
      return reference === undefined ? [] : [{ view, image, field, object, asked: fullReference(reference) }];
    }),
  );
  const asked = [...new Set(uses.map((use) => use.asked))];
  const answers = await eachLimit(asked, AT_ONCE, (reference) => ask(reference, imageExists));
  const breachOf = new Map(asked.map((reference, index) => [reference, answers[index]]));
  for (const { view, image, field, object, asked: reference } of uses) {
    const breach = breachOf.get(reference)?.(image);
    if (breach !== undefined) report(view, { ...breach, field }, object);
  }
}

type Answer = ((image: string) => Breach) | undefined;

async function ask(reference: string, imageExists: ImageExists): Promise<Answer> {
  try {
    if (await imageExists(reference)) return undefined;
    return (image) => ({
      rule: 'image/missing',
      message: `Image "${image}" does not exist: its registry does not know "${reference}"`,
      hint: 'check the name and the tag, or push the image first',
    });
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError) || thrown.code === 'INTERRUPTED') throw thrown;
    const { message, hint } = thrown;
    return (image) => ({
      rule: 'image/unknown',
      message: `Nothing is known about image "${image}": ${message}`,
      ...(hint !== undefined && { hint }),
    });
  }
}
