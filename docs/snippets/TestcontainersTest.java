// mockauthy in a container, for tests with JUnit 5: put org.testcontainers:testcontainers and
// org.junit.jupiter:junit-jupiter on the test's class path.
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

class TestcontainersTest {
    // What `make image` builds, unless the variable names another.
    static final String IMAGE = System.getenv().getOrDefault("MOCKAUTHY_IMAGE", "sftpgo-authy/mockauthy");

    // A mock with one user: alice, with the Authy id 4815162. Under localhost /_mock/ answers anyway; the other names
    // are those of the engine where tests run in a container.
    static GenericContainer<?> mockauthy() {
        return new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withExposedPorts(8880)
                .withEnv("MOCKAUTHY_ALLOW_HOST", "docker,172.17.0.1")
                .waitingFor(Wait.forHttp("/_mock/readyz").forPort(8880));
    }

    static String get(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).header("X-Authy-API-Key", "mock-api-key").build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body().trim();
    }

    // Stands for your code: it asks Authy.
    static boolean codeIsRight(String url, String code) throws Exception {
        return get(url + "/protected/json/verify/" + code + "/4815162?force=true").contains("\"token\":\"is valid\"");
    }

    @Test
    void login() throws Exception {
        try (GenericContainer<?> mock = mockauthy()) {
            mock.start();
            String url = "http://" + mock.getHost() + ":" + mock.getMappedPort(8880);
            String code = get(url + "/_mock/users/alice/code"); // what her phone shows
            assertTrue(codeIsRight(url, code));
            assertFalse(codeIsRight(url, code), "the same code was good twice");
        }
    }
}
