package dev.stemma.source.remote;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One page of an object store's listing (ListObjectsV2).
 *
 * @param next what continues it; empty at the end
 */
record BucketListing(List<Item> items, String next) {
  /** One object. */
  record Item(String key, long sizeBytes) {}

  private static final XMLInputFactory XML = XMLInputFactory.newDefaultFactory();

  static {
    XML.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    XML.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    XML.setProperty(XMLInputFactory.IS_COALESCING, true);
  }

  /**
   * Reads it.
   *
   * @throws XMLStreamException if it is no listing
   */
  static BucketListing parse(byte[] xml) throws XMLStreamException {
    List<Item> items = new ArrayList<>();
    String next = "";
    XMLStreamReader reader = XML.createXMLStreamReader(new ByteArrayInputStream(xml), "UTF-8");
    if (reader.nextTag() != XMLStreamReader.START_ELEMENT
        || !reader.getLocalName().equals("ListBucketResult")) {
      throw new XMLStreamException("no ListBucketResult but " + reader.getLocalName());
    }
    while (reader.hasNext()) {
      if (reader.next() == XMLStreamReader.START_ELEMENT) {
        switch (reader.getLocalName()) {
          case "NextContinuationToken" -> next = reader.getElementText();
          case "Contents" -> items.add(item(reader));
          default -> {}
        }
      }
    }
    return new BucketListing(List.copyOf(items), next);
  }

  private static Item item(XMLStreamReader reader) throws XMLStreamException {
    String key = "";
    String size = "";
    int depth = 1;
    while (depth > 0) {
      int event = reader.next();
      if (event == XMLStreamReader.START_ELEMENT && depth == 1) {
        switch (reader.getLocalName()) {
          case "Key" -> key = reader.getElementText();
          case "Size" -> size = reader.getElementText().strip();
          default -> depth++;
        }
      } else if (event == XMLStreamReader.START_ELEMENT) {
        depth++;
      } else if (event == XMLStreamReader.END_ELEMENT) {
        depth--;
      }
    }
    if (key.isEmpty() || !size.matches("\\d{1,18}")) {
      throw new XMLStreamException("an object without key or size");
    }
    return new Item(key, Long.parseLong(size));
  }
}
