// Takes out every rule and token that no page uses.
module.exports = {
  content: ["app/src/**/*.rs", "app/browser/**/*.ts"],
  variables: true,
  fontFace: false,
  keyframes: true,
  safelist: { standard: ["mark--untouched", "mark--complete", "mark--errors", "html", "body", "leptos-island", "leptos-children", "hidden", /^cm-/, /^tok-/, /^(check|checks|sign|problem)--/] },
};
