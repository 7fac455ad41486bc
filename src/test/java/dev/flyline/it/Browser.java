package dev.flyline.it;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Chromium without a window, the one on the PATH, and what a person does and sees in it. */
final class Browser implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** Runs before the page's own scripts and notes everything that a console would show in red. */
  private static final String WATCH =
      """
      window.problems = [];
      addEventListener('error', (e) => problems.push('error: ' + (e.message ?? e.target.src)), true);
      addEventListener('unhandledrejection', (e) => problems.push('rejected: ' + e.reason));
      addEventListener('securitypolicyviolation',
          (e) => problems.push('csp: ' + e.violatedDirective + ' ' + e.blockedURI));
      console.error = (...words) => problems.push('console: ' + words.join(' '));
      """;

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  static Browser start() {
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(onPath("chromedriver"))
            .usingAnyFreePort()
            .build();
    var options = new ChromeOptions();
    options.setBinary(onPath("chromium", "chromium-browser", "google-chrome", "chrome"));
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,800");
    var driver = new ChromeDriver(service, options);
    driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", WATCH));
    return new Browser(driver);
  }

  private static File onPath(String... names) {
    return Stream.of(names)
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError(names[0] + " must be on the PATH"))
        .toFile();
  }

  /** Loads a page anew, even if only the fragment differs from what is open. */
  void open(String url) {
    driver.get("about:blank");
    driver.get(url);
  }

  /** Waits until something is so. */
  void await(String what, BooleanSupplier condition) {
    new WebDriverWait(driver, SOON, Duration.ofMillis(20))
        .withMessage(() -> what + "; the page shows " + shortened(text("body")))
        .until(_ -> condition.getAsBoolean());
  }

  /** A full page would bury what went wrong. */
  private static String shortened(String text) {
    return text.length() <= 4000
        ? text
        : text.substring(0, 2000) + " ... " + text.substring(text.length() - 2000);
  }

  void awaitText(String selector, String text) {
    await(selector + " shows '" + text + "'", () -> texts(selector).contains(text));
  }

  /** The text of the first element, as it is seen. */
  String text(String selector) {
    return find(selector).getText();
  }

  /** The text of every element, seen or not. */
  List<String> texts(String selector) {
    return strings(
        "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector);
  }

  /** What a script that returns a list returns. */
  List<String> strings(String script, Object... arguments) {
    return ((List<?>) evaluate(script, arguments)).stream().map(String::valueOf).toList();
  }

  Object evaluate(String script, Object... arguments) {
    Object result = driver.executeScript(script, arguments);
    if (result == null) {
      throw new AssertionError("nothing came of " + script);
    }
    return result;
  }

  /** What is to be seen of the first element, as pixels. */
  BufferedImage picture(String selector) {
    try {
      return ImageIO.read(
          new ByteArrayInputStream(find(selector).getScreenshotAs(OutputType.BYTES)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Looks from now on into the frame, until a page is opened. */
  void enterFrame(String selector) {
    driver.switchTo().frame(find(selector));
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  void click(String selector) {
    find(selector).click();
  }

  /** Types into whatever has the focus. */
  void type(CharSequence keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  String url() {
    return String.valueOf(driver.getCurrentUrl());
  }

  String title() {
    return String.valueOf(driver.getTitle());
  }

  /** Errors, violations of the page's policy and what was written to the console as an error. */
  List<String> problems() {
    return strings("return window.problems");
  }

  @Override
  public void close() {
    driver.quit();
  }
}
