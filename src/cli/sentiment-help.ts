/** The flag that three commands share. */
export const SENTIMENT_HELP =
  'source of fear_greed_index: a CSV or JSON file of timestamp and value, alternative.me, or none '
  + '(default: none, it is 50; the shipped models were trained so)';
