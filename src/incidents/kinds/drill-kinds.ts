/** Entries about an exercise: it begins, something is told to those who practise, they answer a question. */
import { kind, showsNothing } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';

/** Exercises. `exercise` holds what is expected as it was at the start, so that scoring needs no file. */
export const DRILL_KINDS = {
  drill_started: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        scenario: s.text,
        title: s.text,
        /** How many times faster than real time its clock runs. */
        speed: z.number().positive(),
        isTabletop: z.boolean(),
        seed: z.int().nonnegative().optional(),
        /** The exercise as JSON. */
        exercise: s.text,
      });
    },
    tell: ({ scenario, title, speed, isTabletop }) => ({
      text: `Drill ${scenario} began${isTabletop ? ' at a table' : ''}${speed === 1 ? '' : `, ${speed} times as fast as real time`}: ${title}.`,
    }),
    apply: showsNothing,
  }),

  drill_told: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ drill: s.id, inject: s.text, from: s.text, text: s.text });
    },
    tell: ({ inject, from, text }) => ({ text: `Drill, ${inject}, from ${from}: ${text}` }),
    apply: showsNothing,
  }),

  drill_answered: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        drill: s.id,
        question: s.text,
        text: s.text,
        /** Numbers of the points of the question that the answer names, from 1. */
        points: z.array(z.int().positive()).readonly(),
      });
    },
    tell: ({ question, text }) => ({ text: `Drill, answer to ${question}: ${text}` }),
    apply: showsNothing,
  }),
};
